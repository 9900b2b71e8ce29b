using System.Text.Json.Nodes;

namespace ModelServer.Tests.Tokenization;

/// <summary>A model folder that lives as long as a test.</summary>
internal sealed class TokenizerFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tokenizer-").FullName;

    /// <summary>A folder with the small tokenizer, changed.</summary>
    public static TokenizerFolder With(Action<JsonObject> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(TokenizerFixtures.Folder, "tokenizer.json")))!.AsObject();
        change(json);
        var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", json.ToJsonString());
        return folder;
    }

    public void Copy(string file) => File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));

    public void Write(string name, string content) => File.WriteAllText(System.IO.Path.Combine(Path, name), content);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
