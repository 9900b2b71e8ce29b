using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace AppHost.Startup;

/// <summary>One option of <c>./start</c>, which is another name of a configuration key; <c>help.txt</c> explains them.</summary>
/// <param name="Expects">What its value must be, as the end of a sentence.</param>
internal sealed record StartOption(string Name, string Key, string Expects, Predicate<string> Accepts)
{
    public static readonly StartOption[] All =
    [
        new("--replicas", "Platform:Replicas", "a whole number from 1 to 64", value => IsWhole(value, 64)),
        new("--models", "Platform:Models", "a folder that exists", Directory.Exists),
        new("--gateway-port", "Platform:GatewayPort", "a port from 1 to 65535", value => IsWhole(value, 65535)),
        OneOf("--device", "Platform:Device", "auto", "cpu", "cuda"),
        OneOf("--cache", "Cache:Kind", "auto", "container", "process", "garnet", "none"),
    ];

    /// <summary>Everything that is wrong, wherever the value was set: on the command line, in the environment, in a file.</summary>
    /// <param name="except">The key of an option that is not looked at.</param>
    /// <exception cref="DistributedApplicationException">One sentence for each wrong value.</exception>
    public static void Check(IConfiguration configuration, string? except = null)
    {
        var wrong = All.Where(option => option.Key != except && configuration[option.Key] is { } value && !option.Accepts(value)).ToArray();
        if (wrong.Length > 0)
            throw new DistributedApplicationException(string.Join(Environment.NewLine, wrong.Select(option => $"{option.Name} ({option.Key}) takes {option.Expects}, not '{configuration[option.Key]}'.")));
    }

    private static StartOption OneOf(string name, string key, params string[] values) => new(name, key, $"one of {string.Join(", ", values)}", values.Contains);

    private static bool IsWhole(string value, int most) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most;
}
