-- May this user say something now? KEYS: times of what was said, what staff said of the user's voice.
-- ARGV: messages, window (ms), muted until (ms) as known when the connection was made, and which
-- request it is: one that is sent again counts once.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local muted_until = tonumber(redis.call('GET', KEYS[2]) or ARGV[3])
if muted_until > now then
  return 'chat_muted'
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, now - ARGV[2])
if redis.call('ZSCORE', KEYS[1], ARGV[4]) then
  return ''
end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
  return 'chat_too_fast'
end
redis.call('ZADD', KEYS[1], now, ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return ''
