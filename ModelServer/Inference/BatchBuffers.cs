using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.Batching;

namespace ModelServer.Inference;

/// <summary>The input tensors of one worker, <c>[rows, columns]</c> each; grown when needed, reused for ever, pinned by never moving.</summary>
internal sealed class BatchBuffers
{
    private readonly Dictionary<string, long[]> _wide = [];
    private readonly Dictionary<string, int[]> _narrow = [];
    private IReadOnlyList<Sequence> _rows = [];
    private int _columns;
    private int _padTokenId;

    private int Cells => _rows.Count * _columns;

    public void Fill(IReadOnlyList<Sequence> rows, int padTokenId)
    {
        _rows = rows;
        _padTokenId = padTokenId;
        _columns = rows.Max(static r => r.Ids.Length);
    }

    public OrtValue Tensor(string name, TensorElementType type)
    {
        long[] shape = [_rows.Count, _columns];
        var wide = Grow(_wide, name);
        for (var row = 0; row < _rows.Count; row++) WriteRow(name, _rows[row], wide.AsSpan(row * _columns, _columns));
        if (type == TensorElementType.Int64) return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, wide.AsMemory(0, Cells), shape);

        var narrow = Grow(_narrow, name);
        for (var i = 0; i < Cells; i++) narrow[i] = (int)wide[i];
        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, narrow.AsMemory(0, Cells), shape);
    }

    private void WriteRow(string name, Sequence sequence, Span<long> cells)
    {
        var length = sequence.Ids.Length;
        switch (name)
        {
            case "input_ids":
                for (var i = 0; i < length; i++) cells[i] = sequence.Ids[i];
                cells[length..].Fill(_padTokenId);
                break;
            case "attention_mask":
                cells[..length].Fill(1);
                cells[length..].Clear();
                break;
            case "token_type_ids":
                for (var i = 0; i < length; i++) cells[i] = sequence.TypeIds[i];
                cells[length..].Clear();
                break;
            default:
                for (var i = 0; i < cells.Length; i++) cells[i] = i;
                break;
        }
    }

    private T[] Grow<T>(Dictionary<string, T[]> arrays, string name)
    {
        if (!arrays.TryGetValue(name, out var array) || array.Length < Cells)
            arrays[name] = array = GC.AllocateUninitializedArray<T>((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Cells), pinned: true);
        return array;
    }
}
