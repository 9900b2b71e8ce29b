namespace ModelServer.Tests.Models;

/// <summary>A models folder with the shipped classifier alone, in fp32, for hosts that answer with no other: the rest takes most of their start.</summary>
internal static class ShippedModels
{
    private static readonly Lazy<string> Folder = new(Copy);

    /// <summary>Never written to; gone with the process.</summary>
    public static string Sentiment => Folder.Value;

    private static string Copy()
    {
        var models = new TemporaryModels();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => models.Dispose();
        File.Delete(Path.Combine(models.CopySentiment("sentiment", "1"), "model_int8.onnx"));
        return models.Path;
    }
}
