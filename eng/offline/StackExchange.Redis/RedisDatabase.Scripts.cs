using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace StackExchange.Redis;

internal sealed partial class RedisDatabase
{
    // A program has a handful of scripts; one that makes them up as it goes passes NoScriptCache.
    private static readonly ConcurrentDictionary<string, string> Hashes = new();

    public async Task<RedisResult> ScriptEvaluateAsync(
        string script, RedisKey[]? keys = null, RedisValue[]? values = null, CommandFlags flags = CommandFlags.None)
    {
        RedisValue[] rest = [keys?.Length ?? 0, .. Values(keys ?? []), .. values ?? []];
        if ((flags & (CommandFlags.NoScriptCache | CommandFlags.FireAndForget)) == 0)
        {
            var hash = Hashes.GetOrAdd(script, text => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text))));
            try
            {
                return await SendAsync("EVALSHA", [hash, .. rest], ReadResult, flags).ConfigureAwait(false);
            }
            catch (RedisServerException unknown) when (unknown.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
            {
                // EVAL teaches the server the script.
            }
        }

        var result = await SendAsync("EVAL", [script, .. rest], ReadResult, flags).ConfigureAwait(false);
        return result ?? RedisResult.Create(RedisValue.Null);
    }
}
