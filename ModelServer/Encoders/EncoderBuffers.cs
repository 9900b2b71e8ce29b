using System.Numerics;
using Microsoft.ML.OnnxRuntime;
using ModelServer.Runtime;

namespace ModelServer.Encoders;

/// <summary>The memory that one worker's runs read and write, <c>[rows, columns]</c> for each input; grown when needed, reused for ever. The tensors
/// over it are made once for each shape. For one thread; disposed before its session.</summary>
internal sealed class EncoderBuffers(EncoderInputs wanted, int outputs, int padTokenId, int firstPosition) : IDisposable
{
    /// <summary>Shapes whose tensors are kept: below 2 MB for each worker.</summary>
    private const int Shapes = 512;
    private readonly BindingCache<(int Rows, int Columns), EncoderBinding> _bindings = new(Shapes);
    private readonly IntegerTensor?[] _inputs = new IntegerTensor?[wanted.Names.Length];
    private readonly NativeBuffer?[] _outputs = new NativeBuffer?[outputs];
    private int _capacity;

    /// <summary>Tokens that each row of the last <see cref="Fill"/> was padded to.</summary>
    public int Columns { get; private set; }

    /// <summary>Writes a batch's rows, padded to the longest, or to what the graph takes.</summary>
    /// <returns>The tensors over them; valid until the next call.</returns>
    public EncoderBinding Fill(IReadOnlyList<EncoderSequence> rows)
    {
        var columns = wanted.Columns ?? 0;
        for (var row = 0; row < rows.Count; row++) columns = Math.Max(columns, rows[row].Ids.Length);
        Columns = columns;
        if (rows.Count * columns > _capacity) Grow(rows.Count * columns);
        for (var i = 0; i < wanted.Names.Length; i++)
            for (var row = 0; row < rows.Count; row++) Write(wanted.Names[i], _inputs[i]!, row * columns, rows[row]);
        return _bindings.TryGet((rows.Count, columns), out var known) ? known : _bindings.Add((rows.Count, columns), Create(rows.Count, columns));
    }

    /// <summary>Tensors for what a run of the last <see cref="Fill"/>'s shape gives. Those of one output all lie in the same place.</summary>
    public OrtValue[] Outputs(EncoderOutput[] forms, int rows)
    {
        var tensors = new OrtValue[forms.Length];
        for (var i = 0; i < forms.Length; i++)
        {
            // Room for a vector for each cell: it need not grow before the inputs do, so that no binding ever points to memory that has gone.
            var buffer = _outputs[i] ??= new NativeBuffer(_capacity * forms[i].VectorBytes);
            tensors[i] = buffer.Tensor(forms[i].Type, 0, forms[i].Shape(rows, Columns));
        }

        return tensors;
    }

    /// <summary>What the last bound run wrote.</summary>
    public Span<T> Written<T>(int output, int count)
        where T : unmanaged => _outputs[output]!.Span<T>(0, count);

    public void Dispose()
    {
        _bindings.Dispose();
        foreach (var input in _inputs) input?.Dispose();
        foreach (var output in _outputs) output?.Dispose();
    }

    private void Grow(int cells)
    {
        Dispose();
        // Until all is there, nothing is: a failure here leaves buffers that the next call makes anew.
        _capacity = 0;
        Array.Clear(_outputs);
        var capacity = (int)BitOperations.RoundUpToPowerOf2((uint)cells);
        for (var i = 0; i < _inputs.Length; i++) _inputs[i] = new IntegerTensor(wanted.Types[i], capacity);
        _capacity = capacity;
    }

    private EncoderBinding Create(int rows, int columns) => new(Array.ConvertAll(_inputs, input => input!.Value(rows, columns)));

    private void Write(string name, IntegerTensor input, int start, EncoderSequence sequence)
    {
        var (length, padding) = (sequence.Ids.Length, Columns - sequence.Ids.Length);
        switch (name)
        {
            case "input_ids":
                input.Write(start, sequence.Ids);
                input.Fill(start + length, padding, padTokenId);
                break;
            case "attention_mask":
                input.Fill(start, sequence.Attended, 1);
                input.Fill(start + sequence.Attended, Columns - sequence.Attended, 0);
                break;
            case "token_type_ids":
                input.Write(start, sequence.TypeIds);
                input.Fill(start + length, padding, 0);
                break;
            default:
                input.Count(start, Columns, firstPosition);
                break;
        }
    }
}
