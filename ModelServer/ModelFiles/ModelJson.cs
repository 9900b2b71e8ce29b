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
            // Its own message speaks of .NET's types.
            var place = e.Path is { Length: > 1 } json ? $" at {json}" : "";
            throw new ModelLoadException($"{Path.GetFileName(path)} is not what it should be in line {e.LineNumber + 1}{place}: no JSON, an unknown key, or a value of the wrong kind.", e);
        }
    }
}
