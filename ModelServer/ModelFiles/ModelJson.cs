using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ModelServer.ModelFiles;

internal static class ModelJson
{
    /// <summary>Reads one JSON file of a model; whatever is wrong with it is a reason not to load.</summary>
    public static T Read<T>(string path, JsonTypeInfo<T> type)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, type) ?? throw new ModelLoadException($"{Path.GetFileName(path)} is empty.");
        }
        catch (JsonException e)
        {
            throw new ModelLoadException($"{Path.GetFileName(path)}: {e.Message}", e);
        }
    }
}
