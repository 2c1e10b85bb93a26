// Each script takes five keys: of the marks, of the times until which they are kept, of the log, of the holders of
// marks, and of how many marks each holder has. A script that changes them does so in one step.

/** The log keeps at least this many entries. A process that is further behind loads all marks again. */
const LOG_ENTRIES = 10_000;
/** So many expired marks are removed whenever one is made: more than one, so that their number does not grow. */
const SWEPT_AT_ONCE = 16;
/**
 * How many entries of holders are compared with the marks before a holder is refused. Few, since a
 * holder may ask often.
 */
const COMPARED_AT_ONCE = 16;

// Each entry of the log holds the nonce `n` of the entry before it. By that a follower notices when another server
// has taken over that lacks some entries.
const WRITE_LOG = `
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
local function write(field, value, nonce)
  local before = ''
  if last[1] then before = last[1][2][8] end
  return redis.call('XADD', KEYS[3], 'MAXLEN', '~', ${LOG_ENTRIES}, '*', 'f', field, 'v', value, 'p', before, 'n', nonce)
end
local function position()
  if last[1] then return last[1][1] end
  return '0-0'
end
`;

/** What {@link KEEP_MARK} returns instead of a value when the holder of the mark has used up its share. */
export const FULL_FOR_HOLDER = 'full';

/** Subtracts a removed mark from those of its holder. */
const RELEASE = `
local function release(field)
  local holder = redis.call('HGET', KEYS[4], field)
  if not holder then return end
  redis.call('HDEL', KEYS[4], field)
  if redis.call('HINCRBY', KEYS[5], holder, -1) < 1 then redis.call('HDEL', KEYS[5], holder) end
end
`;

/**
 * Keeps a mark. Arguments: `field`, `issuedBefore` (empty for a mark without it), `keptUntil`, a nonce, the
 * time before which expired marks are removed, the holder (empty for the application), and with how many marks
 * the store is full for holders. A mark only ever refuses more tokens, or for longer. Returns the value that is
 * kept afterwards, and its position in the log.
 *
 * A holder may have at most as many marks as are still free, as in memory.
 *
 * An earlier version of this package removes marks without subtracting them from the count of their
 * holder. While its processes run together with newer ones, removed marks would be counted for
 * ever. So if a new mark is still counted from before, it is subtracted first. And before a holder
 * is refused, some of its counted marks are chosen at random, and the script checks that they
 * exist.
 */
export const KEEP_MARK: string = `${WRITE_LOG}${RELEASE}
local field, before, till, holder = ARGV[1], ARGV[2], ARGV[3], ARGV[6]
local known = redis.call('HGET', KEYS[1], field)
if known then
  local knownBefore, knownTill = string.match(known, '^(.*):(.*)$')
  if knownBefore == '' or before == '' then before = ''
  elseif tonumber(knownBefore) > tonumber(before) then before = knownBefore end
  if tonumber(knownTill) > tonumber(till) then till = knownTill end
end
local value = before .. ':' .. till
if value == known then return { value, position() } end
if not known then release(field) end
local function mayAdd()
  if known or holder == '' then return true end
  local has = tonumber(redis.call('HGET', KEYS[5], holder) or '0')
  return has < ARGV[7] - redis.call('HLEN', KEYS[1])
end
local function sweep()
  local expired = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[5], 'LIMIT', 0, ${SWEPT_AT_ONCE})
  if not expired[1] then return end
  redis.call('HDEL', KEYS[1], unpack(expired))
  redis.call('ZREM', KEYS[2], unpack(expired))
  for _, each in ipairs(expired) do release(each) end
end
local function compare()
  for _, each in ipairs(redis.call('HRANDFIELD', KEYS[4], ${COMPARED_AT_ONCE})) do
    if not redis.call('HGET', KEYS[1], each) then release(each) end
  end
end
local isSwept = not mayAdd()
if isSwept then
  sweep()
  compare()
  if not mayAdd() then return { '${FULL_FOR_HOLDER}', position() } end
end
redis.call('HSET', KEYS[1], field, value)
redis.call('ZADD', KEYS[2], till, field)
if holder ~= '' and not known then
  redis.call('HSET', KEYS[4], field, holder)
  redis.call('HINCRBY', KEYS[5], holder, 1)
end
if not isSwept then sweep() end
return { value, write(field, value, ARGV[4]) }
`;

/**
 * Forgets a mark if its value has not changed. Arguments: `field`, a nonce, and the expected value. The value
 * is compared because a client that lost its connection may send this again much later, and must not forget a
 * newer revocation. Returns the value that is kept afterwards (an empty text for none), and the position.
 */
export const DROP_MARK: string = `${WRITE_LOG}${RELEASE}
local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known then return { '', position() } end
if known ~= ARGV[3] then return { known, position() } end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
release(ARGV[1])
return { '', write(ARGV[1], '', ARGV[2]) }
`;

/**
 * Reads some of the marks, in the order in which they expire. Arguments: the field that was read last and its
 * time (both empty at the start), and how many to read. Returns fields, their values, and the time of the last
 * one.
 *
 * Not HSCAN, whose cursor means another place on another server: a scan that began before a failover and went
 * on after it would miss marks. The order by time is the same on every server. A mark that moves during the
 * scan moves towards the end, so it is not missed.
 */
export const READ_MARKS: string = `
local field, till = ARGV[1], ARGV[2]
local from = 0
if field ~= '' then
  if redis.call('ZSCORE', KEYS[2], field) == till then from = redis.call('ZRANK', KEYS[2], field) + 1
  else from = redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. till) end
end
local fields = redis.call('ZRANGE', KEYS[2], from, from + ARGV[3] - 1)
if not fields[1] then return { {}, {}, '' } end
return { fields, redis.call('HMGET', KEYS[1], unpack(fields)), redis.call('ZSCORE', KEYS[2], fields[#fields]) }
`;
