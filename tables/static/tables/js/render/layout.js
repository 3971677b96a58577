// Where seats and bets stand, in percent of the stage. Pure.
//
// Bets keep clear of the board in the middle: on a wide table they stand between seat and board;
// on a tall one, where the board takes the whole width, above or below it.

function wide(dx, dy) {
  const [rx, ry] = [43, 37];
  const inward = dy < 0 ? { x: 0.6 - 0.2 * dy * (1 - Math.abs(dx)), y: 0.56 } : { x: 0.6, y: 0.5 };
  return {
    x: 50 + rx * dx,
    y: 50 + ry * dy,
    betX: 50 + rx * inward.x * dx,
    betY: 50 + ry * inward.y * dy,
  };
}

// Bets stand inwards of their seat, above the board or below the pots: in steps of a chip's height,
// so that neighbours do not touch, and beside the seats or clear of them.
function tall(dx, dy) {
  const [rx, ry] = [38, 40];
  const isAbove = dy < -0.01;
  const sideways = Math.min(isAbove ? 10 : 11, 36 * Math.abs(dx));
  return {
    x: 50 + rx * dx,
    y: 49 + ry * dy,
    betX: 50 + Math.sign(dx) * sideways,
    betY: isAbove ? Math.min(33, 25 + 27 * (1 + dy)) : 60.5 + 8 * dy + 5.5 * dy ** 6,
  };
}

// The place of `seat` among `count`, seen by the player of `mySeat` (who is at the bottom).
export function place(seat, count, mySeat, portrait) {
  const turn = ((seat - (mySeat ?? 0) + count) % count) / count;
  const angle = Math.PI / 2 + turn * 2 * Math.PI;
  return (portrait ? tall : wide)(Math.cos(angle), Math.sin(angle));
}

export function isPortrait(width, height) {
  return width < height * 1.15;
}
