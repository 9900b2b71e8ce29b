using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ServiceDefaults.Tests.Statistics;

/// <summary>What scipy says of seeded samples; make_statistics.py beside it wrote it.</summary>
internal static class StatisticsFixture
{
    public static readonly JsonElement Root = Read();

    /// <summary>The same values as the script's.</summary>
    public static float[] Values(uint seed, int size, string kind, double shift)
    {
        var values = new float[size];
        for (var i = 0; i < size; i++)
        {
            seed = (1_664_525 * seed) + 1_013_904_223;
            var u = seed / 4_294_967_296.0;
            values[i] = (float)(shift + kind switch { "uniform" => u, "square" => u * u, "few" => Math.Floor(u * 6), _ => Math.Floor(u * u * 80) });
        }

        Array.Sort(values);
        return values;
    }

    private static JsonElement Read([CallerFilePath] string file = "")
    {
        using var stream = File.OpenRead(Path.Combine(Path.GetDirectoryName(file)!, "statistics.json"));
        return JsonDocument.Parse(stream).RootElement;
    }
}
