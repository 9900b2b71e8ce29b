namespace Benchmarks.Load;

internal static class WarmUp
{
    /// <summary>How long a server runs under load before it is measured. .NET compiles hot code twice: first so that it counts what happens, slower to run,
    /// then by the counts. On two busy cores that ends after 15 to 20 s.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(20);
}
