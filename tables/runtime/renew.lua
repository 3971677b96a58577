-- The owner says that it lives, and up to where it has done every command.
-- KEYS: lease, fence. ARGV: owner, lease ms, epoch, generation, now ms, position
-- Answers: "ok", "stale" or "lost".
local fence = redis.call('HMGET', KEYS[2], 'epoch', 'generation')
if not fence[1] or fence[2] ~= ARGV[4] then return 'lost' end
if fence[1] ~= ARGV[3] then return 'stale' end
-- The lease may have run out meanwhile; as long as nobody minted a newer epoch it is still ours.
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 'stale' end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('HSET', KEYS[2], 'alive_ms', ARGV[5])
if ARGV[6] ~= '' then redis.call('HSET', KEYS[2], 'position', ARGV[6]) end
return 'ok'
