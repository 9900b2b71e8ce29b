using System.Runtime.CompilerServices;
using System.Text.Json;
using ModelServer.Tests.Models;

namespace ModelServer.Tests;

/// <summary>A model server with the small models that <c>fixtures/make_models.py</c> makes, and the answers that numpy gives for them.</summary>
public sealed class SmallModels : IDisposable
{
    internal static readonly string Root = Find();
    private readonly TemporaryModels _models = new();

    public SmallModels()
    {
        foreach (var folder in Directory.GetDirectories(Root)) _models.CopySmall(Path.GetFileName(folder), Path.GetFileName(folder));
        foreach (var mode in new[] { "mean", "cls", "max", "last" })
            File.WriteAllText(Path.Combine(_models.CopySmall("tiny-embedding", mode), "serving.json"), $$"""{"pooling":"{{mode}}","normalize":false}""");
        File.WriteAllText(Path.Combine(_models.Path, "tiny-decoder", "1", "serving.json"), """{"chatTemplate":"none"}""");
        // Every answer comes from the engine: one that is remembered says nothing of batches and padding.
        var settings = new Dictionary<string, string?> { ["Models:Defaults:feature-extraction"] = "tiny-embedding", ["Models:Defaults:text-classification"] = "tiny-multilabel", ["Cache:Enabled"] = "false" };
        Host = new ModelServerHost(_models.Path, settings);
    }

    public ModelServerHost Host { get; }

    public static string Folder(string name) => Path.Combine(Root, name, "1");

    public static JsonElement[] Expected(string name)
    {
        using var file = File.OpenRead(Path.Combine(Folder(name), "expected.json"));
        return [.. JsonDocument.Parse(file).RootElement.EnumerateArray()];
    }

    public void Dispose()
    {
        Host.Dispose();
        _models.Dispose();
    }

    private static string Find([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "fixtures", "models");
}

internal static class JsonReading
{
    public static float[] Floats(this JsonElement element) => [.. element.EnumerateArray().Select(e => e.GetSingle())];

    public static float[] Floats(this JsonElement element, string name) => element.GetProperty(name).Floats();

    /// <summary>All numbers are alike, and there are as many.</summary>
    public static void AssertClose(float[] expected, float[] actual, double tolerance = 1e-5)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }
}
