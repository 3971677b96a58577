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

function tall(dx, dy) {
  const [rx, ry] = [38, 40];
  return {
    x: 50 + rx * dx,
    y: 49 + ry * dy,
    betX: 50 + rx * 0.62 * dx,
    betY: dy < 0 ? 31 + 8 * dy : 58 + 9 * dy ** 4,
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
