-- One commit of a table. All keys belong to one shard.
-- KEYS: fence, head, journal, snapshot, outbox, unsettled, reply
-- ARGV: epoch, generation, token, expected version, table id, position,
--       digest, reply body, reply ttl ms, journal entry, snapshot, keep from version,
--       reply mode, begin at version, outbox entries…
-- An empty string stands for "none". Reply modes: "new" refuses a request that was seen before;
-- with an empty body it only notes that the request is under way, and "finish" gives its answer.
-- "begin at": the table begins, or begins anew, with this commit at that version, and what is stored
-- of its past is dropped.
-- Answers: {"ok", version} {"known", digest, body} {"stale", epoch} {"lost"} {"version", version}
local epoch, generation, token, expected = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local fence = redis.call('HMGET', KEYS[1], 'epoch', 'generation')
if not fence[1] or fence[2] ~= generation then return {'lost'} end
if fence[1] ~= epoch then return {'stale', fence[1]} end

local head = redis.call('HMGET', KEYS[2], 'version', 'token')
local version = tonumber(head[1] or '0')
-- Sent again, because the answer to the first try was lost.
if head[2] == token then return {'ok', version} end

if ARGV[13] == 'new' then
  local known = redis.call('HMGET', KEYS[7], 'digest', 'body')
  if known[1] then
    if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], 'position', ARGV[6]) end
    return {'known', known[1], known[2]}
  end
end
if version ~= expected then return {'version', version} end

if ARGV[10] ~= '' then
  version = expected + 1
  if ARGV[14] ~= '' then
    version = tonumber(ARGV[14])
    redis.call('DEL', KEYS[3], KEYS[4])
  end
  redis.call('HSET', KEYS[2], 'version', string.format('%.0f', version), 'token', token)
  redis.call('XADD', KEYS[3], string.format('%.0f-0', version), 'f', ARGV[10])
  for i = 15, #ARGV do
    redis.call('XADD', KEYS[5], string.format('%.0f-%d', version, i - 15), 'e', ARGV[i])
  end
  if #ARGV >= 15 then redis.call('SADD', KEYS[6], ARGV[5]) end
  if ARGV[11] ~= '' then
    redis.call('SET', KEYS[4], ARGV[11])
    redis.call('XTRIM', KEYS[3], 'MINID', ARGV[12])
  end
end
if ARGV[13] ~= '' then
  if ARGV[13] == 'new' then redis.call('HSET', KEYS[7], 'digest', ARGV[7]) end
  redis.call('HSET', KEYS[7], 'body', ARGV[8])
  redis.call('PEXPIRE', KEYS[7], ARGV[9])
end
if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], 'position', ARGV[6]) end
return {'ok', version}
