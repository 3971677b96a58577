-- A new owner takes a shard. KEYS: fence. ARGV: epoch, generation, may begin ("1": data may be new), now ms
-- Answers: {"ok", position, alive_ms} {"stale", epoch} {"lost"}
local fence = redis.call('HMGET', KEYS[1], 'epoch', 'generation', 'position', 'alive_ms')
if fence[1] and tonumber(fence[1]) >= tonumber(ARGV[1]) then return {'stale', fence[1]} end
if (not fence[1] or fence[2] ~= ARGV[2]) and ARGV[3] ~= '1' then return {'lost'} end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'generation', ARGV[2], 'alive_ms', ARGV[4])
return {'ok', fence[3] or '0-0', fence[4] or ''}
