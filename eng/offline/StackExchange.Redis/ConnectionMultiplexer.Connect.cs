namespace StackExchange.Redis;

public sealed partial class ConnectionMultiplexer
{
    public static Task<ConnectionMultiplexer> ConnectAsync(string configuration, TextWriter? log = null) =>
        ConnectAsync(ConfigurationOptions.Parse(configuration), log);

    public static Task<ConnectionMultiplexer> ConnectAsync(string configuration, Action<ConfigurationOptions> configure, TextWriter? log = null) =>
        ConnectAsync(ConfigurationOptions.Parse(configuration).Apply(configure), log);

    /// <summary>
    /// Connects, or throws when <see cref="ConfigurationOptions.AbortOnConnectFail"/> asks for it; otherwise it goes on trying.
    /// </summary>
    public static async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration, TextWriter? log = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration.EndPoints.Count == 0) throw new ArgumentException("No endpoints specified", nameof(configuration));
        var options = configuration.Clone();
        options.SetDefaultPorts();
        var multiplexer = new ConnectionMultiplexer(options);
        log?.WriteLine($"Connecting to {string.Join(", ", options.EndPoints.Select(EndPointCollection.ToString))}");
        var failure = await multiplexer.Interactive.StartAsync(options.AbortOnConnectFail ? options.ConnectRetry : 1).ConfigureAwait(false);
        log?.WriteLine(failure is null ? "Connected" : $"Not connected: {failure.Message}");
        if (failure is null)
        {
            await multiplexer.Subscription.StartAsync(1).ConfigureAwait(false);
        }
        else if (options.AbortOnConnectFail)
        {
            await multiplexer.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
            throw Failures.UnableToConnect(failure, abort: true);
        }
        else
        {
            multiplexer.Subscription.Start();
        }

        return multiplexer;
    }

    public static ConnectionMultiplexer Connect(string configuration, TextWriter? log = null) =>
        Connect(ConfigurationOptions.Parse(configuration), log);

    public static ConnectionMultiplexer Connect(string configuration, Action<ConfigurationOptions> configure, TextWriter? log = null) =>
        Connect(ConfigurationOptions.Parse(configuration).Apply(configure), log);

    public static ConnectionMultiplexer Connect(ConfigurationOptions configuration, TextWriter? log = null) =>
        Task.Run(() => ConnectAsync(configuration, log)).GetAwaiter().GetResult();
}
