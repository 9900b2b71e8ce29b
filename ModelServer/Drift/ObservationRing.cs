using ServiceDefaults.Drift;

namespace ModelServer.Drift;

/// <summary>The last observations of a version, in arrays that are made once. Its owner locks.</summary>
/// <param name="capacity">Observations kept; a new one takes the place of the oldest.</param>
/// <param name="features">The names of what each observation has a number for.</param>
internal sealed class ObservationRing(int capacity, string[] features)
{
    private readonly long[] _at = new long[capacity];
    private readonly int[] _labels = new int[capacity];
    private readonly float[] _values = new float[capacity * features.Length];
    private int _next;

    public int Count { get; private set; }

    public bool IsFull => Count == capacity;

    /// <param name="values">In the order of the names.</param>
    public void Add(long at, ReadOnlySpan<float> values, int label)
    {
        _at[_next] = at;
        _labels[_next] = label;
        values.CopyTo(_values.AsSpan(_next * features.Length));
        if (++_next == capacity) _next = 0;
        if (Count < capacity) Count++;
    }

    public void Clear() => (_next, Count) = (0, 0);

    /// <summary>Copies the newest observations, oldest first.</summary>
    /// <param name="most">How many at most.</param>
    public DriftRows Newest(int most)
    {
        var count = Math.Min(Count, most);
        var start = (_next - count + capacity) % capacity;
        var (at, labels) = (new long[count], new int[count]);
        var values = Array.ConvertAll(features, _ => new float[count]);
        for (var i = 0; i < count; i++)
        {
            var row = (start + i) % capacity;
            (at[i], labels[i]) = (_at[row], _labels[row]);
            for (var f = 0; f < features.Length; f++) values[f][i] = _values[(row * features.Length) + f];
        }

        return new(at, features.Zip(values).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal), labels);
    }
}
