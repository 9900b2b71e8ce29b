using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Tokenizers.DotNet;

namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>The reference library itself, in this process, on one tokenizer.json.</summary>
internal sealed class ReferenceTokenizer : IDisposable
{
    private readonly TokenizerFolder _folder = new();
    private readonly Tokenizer _tokenizer;

    public ReferenceTokenizer(JsonObject json)
    {
        _folder.Write("tokenizer.json", ReferenceFiles.Unlimited(json).ToJsonString());
        _tokenizer = new(Path.Combine(_folder.Path, "tokenizer.json"));
    }

    /// <summary>Why tests with it are skipped, or null.</summary>
    public static string? Missing => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64
        ? null
        : "The reference library is here for linux-x64 alone.";

    /// <summary>The same tokenizer without template and special tokens, as the package has no switch for leaving them out.</summary>
    public static ReferenceTokenizer Plain(JsonObject json)
    {
        var plain = json.DeepClone().AsObject().With("post_processor", null);
        foreach (var token in plain["added_tokens"]!.AsArray()) token!["special"] = false;
        return new(plain);
    }

    /// <summary>The ids of a text, the template's tokens included.</summary>
    public int[] Encode(string text) => Array.ConvertAll(_tokenizer.Encode(text), id => (int)id);

    /// <summary>The text of tokens, special ones left out.</summary>
    public string Decode(int[] ids) => _tokenizer.Decode(Array.ConvertAll(ids, id => (uint)id));

    public void Dispose()
    {
        _tokenizer.Dispose();
        _folder.Dispose();
    }
}

/// <summary>A test against the reference library; skipped where the library does not run.</summary>
internal sealed class ReferenceTheoryAttribute : TheoryAttribute
{
    public ReferenceTheoryAttribute() => Skip = ReferenceTokenizer.Missing;
}
