using System.IO.Pipelines;

namespace StackExchange.Redis;

/// <summary>Says who we are and asks whether the server is ready, in one round trip.</summary>
internal static class Handshake
{
    public static async Task RunAsync(PipeReader input, RespWriter output, ConfigurationOptions options, CancellationToken cancellation)
    {
        var steps = Steps(options).ToArray();
        foreach (var (command, arguments) in steps) await output.WriteAsync(command, arguments, cancellation).ConfigureAwait(false);
        await output.FlushAsync(cancellation).ConfigureAwait(false);
        foreach (var (command, _) in steps)
        {
            var reply = await input.ReadReplyAsync(cancellation).ConfigureAwait(false);
            if (reply.IsError) Refuse(command, reply.Value.ToString());
        }
    }

    private static IEnumerable<(string Command, RedisValue[] Arguments)> Steps(ConfigurationOptions options)
    {
        if (!string.IsNullOrEmpty(options.Password))
        {
            yield return ("AUTH", string.IsNullOrEmpty(options.User) ? [options.Password] : [options.User, options.Password]);
        }

        yield return ("CLIENT", ["SETNAME", ClientName(options)]);
        if (options.DefaultDatabase is > 0 and var database) yield return ("SELECT", [database]);
        yield return ("PING", []);
    }

    // Only the first word of what AUTH answers is repeated: an odd server could echo its arguments.
    private static void Refuse(string command, string error)
    {
        var code = error.Split(' ', 2)[0];
        if (code == "LOADING") throw new RedisConnectionException(ConnectionFailureType.Loading, "Server is loading");
        if (command == "AUTH" && !error.Contains("without any password configured", StringComparison.Ordinal))
        {
            throw new RedisConnectionException(ConnectionFailureType.AuthenticationFailure, $"AUTH was refused: {code}");
        }

        if (code is "NOAUTH" or "NOPERM") throw new RedisConnectionException(ConnectionFailureType.AuthenticationFailure, error);
        if (command is "SELECT" or "PING")
        {
            throw new RedisConnectionException(ConnectionFailureType.ProtocolFailure, $"{command} was refused: {error}");
        }
    }

    private static string ClientName(ConfigurationOptions options) =>
        string.Concat((options.ClientName ?? Environment.MachineName).Select(c => c is > ' ' and < '\x7f' ? c : '-'));
}
