using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ModelServer.ModelFiles;

namespace ModelServer.Decoders;

/// <summary>How much of the machine text generation takes, for each model that does it.</summary>
internal sealed class DecoderOptions
{
    public const string SectionName = "Generate";

    /// <summary>Sequences that are generated at the same time; 0 takes 16, or 8 for each core that decodes by itself where that is more.
    /// Each costs key and value memory for a whole window.</summary>
    [Range(0, 1024)]
    public int Rows { get; set; }

    /// <summary>Most tokens of a prompt and its continuation together; less where the model has fewer positions.</summary>
    [Range(16, 1 << 20)]
    public int MaxTokens { get; set; } = 2048;

    /// <summary>Tokens of a chunk of a prompt, a third less where every core decodes by itself. Prompts are cut at multiples of it, and that is how far beginnings
    /// of prompts are kept. Between two tokens of the streams under way at least one chunk is read where a prompt waits, two where further ones do.</summary>
    [Range(12, 1024)]
    public int PrefillTokens { get; set; } = 24;

    /// <summary>How long prompts may be read between two tokens of the streams under way, in times of the step that gives these tokens, as both were measured lately: with 2
    /// streams go on at a third of their pace while prompts are read. More answers new prompts sooner, less keeps streams even; 0 reads no more than it must.</summary>
    [Range(0, 100)]
    public double PrefillRatio { get; set; } = 2.25;

    /// <summary>Threads inside one step; 0 takes all cores of this replica for graphs of 100 MB and more, and 1 for smaller ones, which every core decodes by itself.</summary>
    [Range(0, 256)]
    public int Threads { get; set; }

    /// <summary>Memory in bytes for the beginnings of prompts that were read, so that a prompt which begins alike is read from there on; 0 keeps none.
    /// Where it is not said, as much as the rows themselves take, 256 MiB at most. Where so much is not left, none is kept and the log says so.</summary>
    [Range(0, 1L << 40)]
    public long? PrefixCacheBytes { get; set; }

    /// <summary><c>client</c> keeps the beginnings of each caller apart, so that nobody can tell by the time to the first token, or by
    /// <c>cached_tokens</c>, what others sent; <c>shared</c> lets equal beginnings of all callers be read once.</summary>
    public PrefixScope PrefixScope { get; set; } = PrefixScope.Client;

    /// <summary>Whether answers are read once more as prompts once there has been nothing else to do for 50 ms, so that the next turn of a conversation finds them
    /// among the beginnings that are kept. It costs the time of reading them, and a new request waits for one chunk of <see cref="PrefillTokens"/> at most.</summary>
    public bool ReadAnswers { get; set; } = true;

    /// <summary>Most tokens that are guessed to follow, from where the same tokens came before in prompt or answer, and checked in one run: for greedy answers that
    /// repeat what is there already, of a sequence that no other runs beside. 0 guesses none. A model's <c>serving.json</c> may say otherwise.</summary>
    [Range(0, ServingConfig.MostDraftTokens)]
    public int DraftTokens { get; set; }

    /// <summary>Sequences waiting for a row before further ones are refused with 503.</summary>
    [Range(1, 1 << 16)]
    public int QueuedSequences { get; set; } = 256;

    /// <summary>Tokens (prompts and what they may grow by) waiting for a row before further ones are refused with 503.</summary>
    [Range(512, 1 << 28)]
    public int QueuedTokens { get; set; } = 262_144;
}

internal enum PrefixScope
{
    Client,
    Shared,
}

[OptionsValidator]
internal sealed partial class DecoderOptionsValidator : IValidateOptions<DecoderOptions>;
