using Microsoft.ML.OnnxRuntime;
using ModelServer.Runtime;

namespace ModelServer.Decoders;

/// <summary>Keys and values of the tokens that each row's sequence has so far, row by row, layer by layer.</summary>
internal interface IKeyValueCache : IDisposable
{
    long Bytes { get; }

    /// <summary>Columns of the attention mask of a run with so many new tokens in each row.</summary>
    int MaskWidth(int tokens);

    /// <summary>One row of that mask.</summary>
    /// <param name="start">Its first cell.</param>
    /// <param name="length">Tokens that the row has.</param>
    void WriteMask(IntegerTensor mask, int start, int length, int tokens);

    /// <summary>What a run over these rows reads, key and value of each layer.</summary>
    OrtValue[] Past(int row, int rows);

    /// <summary>Where it writes.</summary>
    OrtValue[] Present(int row, int rows, int tokens);

    /// <summary>Takes over what a run has written, into rows of these lengths.</summary>
    void Keep(int row, int tokens, ReadOnlySpan<int> lengths);

    /// <summary>Copies one row's tokens into another.</summary>
    void Copy(int from, int to, int length);
}
