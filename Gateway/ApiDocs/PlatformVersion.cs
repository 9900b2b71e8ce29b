using System.Reflection;

namespace Gateway.ApiDocs;

/// <summary>What runs here.</summary>
internal sealed class PlatformVersion
{
    public const string Name = "Transformer platform";

    public string Number { get; } = typeof(PlatformVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
