using Microsoft.ML.OnnxRuntime;
using ModelServer.Runtime;

namespace ModelServer.Decoders;

/// <summary>Keys and values of the tokens that each row holds, layer by layer. Where they lie is its own affair; of the CPU's memory it touches the
/// mask alone.</summary>
internal interface IKeyValueCache : IDisposable
{
    long Bytes { get; }

    /// <summary>Columns of the attention mask of a run with so many new tokens in each row.</summary>
    int MaskWidth(int tokens);

    /// <summary>Writes one row of that mask.</summary>
    /// <param name="cell">Its first cell.</param>
    /// <param name="length">Tokens that the row holds.</param>
    /// <param name="tokens">New tokens.</param>
    void WriteMask(IntegerTensor mask, int cell, int length, int tokens);

    /// <summary>What a run over these rows reads, key and value of each layer.</summary>
    OrtValue[] Past(int row, int rows);

    /// <summary>Where it writes.</summary>
    OrtValue[] Present(int row, int rows, int tokens);

    /// <summary>Takes over what the run of a plan has written.</summary>
    void Keep(StepPlan plan);

    /// <summary>Where the tokens of each row lie, slot by slot; null where they do not.</summary>
    CacheRows? Slots { get; }

    /// <summary>Copies the first tokens of one row into another; both go on apart.</summary>
    void Copy(int from, int to, int length);
}
