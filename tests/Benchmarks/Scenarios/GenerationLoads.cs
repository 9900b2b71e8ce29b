using Benchmarks.Corpus;
using ModelServer.Tokenization;

namespace Benchmarks.Scenarios;

/// <summary>What generators are asked for; both models have the same tokens for the same text.</summary>
internal sealed class GenerationLoads
{
    private const int Count = 200, Longest = Engine.RawDecoder.LongestPrompt;

    public GenerationLoads(HuggingFaceTokenizer tokenizer, IReadOnlyList<string> sentences)
    {
        Mix = Make("mix", Count, (16, Longest), (16, 96));
        Decode = Make("decode", 32, (16, 16), (224, 224));
        Short = Make("short", 16, (16, 16), (24, 24));
        Long = Make("long", 32, (Longest, Longest), (16, 16));
        First = Mix with { Tokens = [.. Mix.Tokens.Select(_ => 4)] };
        (MixFile, DecodeFile, LongFile) = (File("prompts.json"), File("prompts-decode.json"), File("prompts-long.json"));
        Mix.Write(MixFile);
        Decode.Write(DecodeFile);
        Long.Write(LongFile);

        string File(string name) => Path.Combine(BenchmarkPaths.Cache, name);

        PromptSet Make(string name, int count, (int, int) prompt, (int, int) tokens) => PromptSet.Create(name, tokenizer, sentences, count, prompt, tokens);
    }

    public PromptSet Mix { get; }

    /// <summary>Short prompts, long continuations: decoding and little else.</summary>
    public PromptSet Decode { get; }

    public PromptSet Short { get; }

    public PromptSet Long { get; }

    /// <summary>For the time to the first token.</summary>
    public PromptSet First { get; }

    /// <summary>The mix for rivals.</summary>
    public string MixFile { get; }

    /// <summary>Decoding and little else, for rivals.</summary>
    public string DecodeFile { get; }

    /// <summary>The longest prompts, for rivals.</summary>
    public string LongFile { get; }
}
