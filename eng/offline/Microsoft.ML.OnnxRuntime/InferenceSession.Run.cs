using System.Buffers;

namespace Microsoft.ML.OnnxRuntime;

public unsafe partial class InferenceSession
{
    private const int MaxOnStack = 128;

    /// <summary>Runs the model; the engine allocates the outputs, which the caller disposes.</summary>
    public IDisposableReadOnlyCollection<OrtValue> Run(RunOptions runOptions, IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputValues, IReadOnlyCollection<string> outputNames)
    {
        RequireSameCount(inputNames.Count, nameof(inputNames), inputValues.Count, nameof(inputValues));
        ArgumentNullException.ThrowIfNull(runOptions);
        return RunAllocating(runOptions, List(inputNames), List(inputValues), List(outputNames));
    }

    public IDisposableReadOnlyCollection<OrtValue> Run(RunOptions runOptions, IReadOnlyDictionary<string, OrtValue> inputs, IReadOnlyCollection<string> outputNames)
    {
        ArgumentNullException.ThrowIfNull(runOptions);
        var names = new string[inputs.Count];
        var values = new OrtValue[inputs.Count];
        var i = 0;
        foreach (var (name, value) in inputs) (names[i], values[i++]) = (name, value);
        return RunAllocating(runOptions, names, values, List(outputNames));
    }

    /// <summary>Runs the model into outputs that the caller has made, whose shapes must be those the run produces. Allocates nothing where the collections are lists or arrays.</summary>
    public void Run(RunOptions runOptions, IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputValues, IReadOnlyCollection<string> outputNames, IReadOnlyCollection<OrtValue> outputValues)
    {
        RequireSameCount(inputNames.Count, nameof(inputNames), inputValues.Count, nameof(inputValues));
        RequireSameCount(outputNames.Count, nameof(outputNames), outputValues.Count, nameof(outputValues));
        var count = outputNames.Count;
        Span<nint> results = count <= MaxOnStack ? stackalloc nint[count] : new nint[count];
        RunNative(runOptions ?? _defaultRunOptions, List(inputNames), List(inputValues), List(outputNames), List(outputValues), results);
    }

    private static IReadOnlyList<T> List<T>(IReadOnlyCollection<T> items) => items as IReadOnlyList<T> ?? [.. items];

    private static void RequireSameCount(int names, string namesName, int values, string valuesName)
    {
        if (names != values) throw new ArgumentException($"Length of {namesName} ({names}) must match that of {valuesName} ({values}).");
    }

    private DisposableList<OrtValue> RunAllocating(RunOptions options, IReadOnlyList<string> inputNames, IReadOnlyList<OrtValue> inputs, IReadOnlyList<string> outputNames)
    {
        var count = outputNames.Count;
        Span<nint> results = count <= MaxOnStack ? stackalloc nint[count] : new nint[count];
        results.Clear();
        RunNative(options, inputNames, inputs, outputNames, null, results);
        var values = new DisposableList<OrtValue>(count);
        foreach (var result in results) values.Add(new OrtValue(result));
        return values;
    }

    private void RunNative(RunOptions options, IReadOnlyList<string> inputNames, IReadOnlyList<OrtValue> inputs, IReadOnlyList<string> outputNames, IReadOnlyList<OrtValue> outputs, Span<nint> results)
    {
        using var session = new Lease(Handle);
        using var settings = new Lease(options);
        int nIn = inputs.Count, nOut = outputNames.Count, nHeld = 0;
        Span<nint> names = nIn + nOut <= MaxOnStack ? stackalloc nint[nIn + nOut] : new nint[nIn + nOut];
        Span<nint> values = nIn <= MaxOnStack ? stackalloc nint[nIn] : new nint[nIn];
        var held = ArrayPool<ValueHandle>.Shared.Rent(nIn + nOut);
        try
        {
            for (var i = 0; i < nIn; i++)
            {
                names[i] = InputName(inputNames[i]);
                values[i] = Hold(inputs[i], held, ref nHeld);
            }

            for (var i = 0; i < nOut; i++)
            {
                names[nIn + i] = OutputName(outputNames[i]);
                if (outputs is not null) results[i] = Hold(outputs[i], held, ref nHeld);
            }

            nint status;
            fixed (nint* n = names, v = values, r = results)
            {
                status = ((delegate* unmanaged<nint, nint, nint*, nint*, nint, nint*, nint, nint*, nint>)NativeApi.At(Entry.Run))(session.Pointer, settings.Pointer, n, v, nIn, n + nIn, nOut, r);
            }

            NativeApi.Check(status);
        }
        finally
        {
            for (var i = 0; i < nHeld; i++) held[i].DangerousRelease();
            Array.Clear(held, 0, nHeld);
            ArrayPool<ValueHandle>.Shared.Return(held);
        }
    }

    private static nint Hold(OrtValue value, ValueHandle[] held, ref int count)
    {
        var handle = value.Handle;
        var added = false;
        handle.DangerousAddRef(ref added);
        held[count++] = handle;
        return handle.DangerousGetHandle();
    }

    private nint InputName(string name) => _inputs.TryGetUtf8(name, out var utf8) || _initializers.TryGetUtf8(name, out utf8)
        ? utf8
        : throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Input name: '{name}' is not in the metadata");

    private nint OutputName(string name) => _outputs.TryGetUtf8(name, out var utf8)
        ? utf8
        : throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Output name: '{name}' is not in the metadata");
}
