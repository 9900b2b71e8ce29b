using Microsoft.Extensions.Options;
using ModelServer.Drift;
using ModelServer.Inference;

namespace ModelServer.Feedback;

/// <summary>Remembers the last classifications by client and request, without their texts, for feedback. An id that a client uses again means its later request.</summary>
internal sealed class RecentPredictions(DriftWatches watches, IOptions<FeedbackOptions> options, TimeProvider time) : IEncoderObserver
{
    private readonly int _capacity = options.Value.Remembered;

    // Guards everything below. Entry n of all there ever were is at n modulo the capacity.
    private readonly Lock _gate = new();
    private readonly Entry[] _entries = new Entry[options.Value.Remembered];
    private readonly Dictionary<RequestKey, long> _first = [];
    private long _total;

    public void Answered(in EncoderAnswer answer)
    {
        if (_capacity == 0 || answer.Caller.RequestId is not { } id || answer.Rows is [] || watches.Of(answer.Version, answer.Model) is not { } watch) return;
        var model = answer.Model;
        // Neither what has no labels, nor more labels at once than can be kept.
        if (model.Features(answer.Rows[0].Span) is var sample && (sample.Label < 0 || (sample.Labels is not null && model.Labels.Length > Prediction.MostLabels))) return;
        var (key, now, count) = (new RequestKey(answer.Caller.Lane.Client, id), time.GetUtcNow(), Math.Min(answer.Rows.Length, _capacity));
        lock (_gate)
        {
            _first[key] = _total;
            for (var i = 0; i < count; i++) AddLocked(key, new(watch, model.Features(answer.Rows[i].Span), i, count, now));
        }
    }

    /// <summary>Finds what was answered to an input.</summary>
    /// <returns>Null when it is not remembered; the first input's where the request had fewer.</returns>
    public Prediction? Find(string client, string requestId, int index)
    {
        lock (_gate) return PlaceOfLocked(new(client, requestId), index) is { } place ? _entries[place].Prediction : null;
    }

    /// <summary>Counts feedback in place of earlier feedback for the same input.</summary>
    /// <returns>Whether the answer was right; null when it is not remembered any more.</returns>
    public bool? Count(string client, string requestId, int index, ulong given)
    {
        lock (_gate)
        {
            if (PlaceOfLocked(new(client, requestId), index) is not { } place) return null;
            ref var entry = ref _entries[place];
            var epoch = entry.Prediction.Watch.Quality.Epoch;
            if (entry.Given is { } before && entry.Epoch == epoch) entry.Prediction.Book(before, times: -1);
            (entry.Given, entry.Epoch) = (given, epoch);
            return entry.Prediction.Book(given, times: 1);
        }
    }

    private void AddLocked(RequestKey key, Prediction prediction)
    {
        ref var entry = ref _entries[_total % _capacity];
        // The oldest gives way, unless its id means a later request by now.
        if (_total >= _capacity && entry.Prediction.Index == 0 && _first.TryGetValue(entry.Key, out var first) && first == _total - _capacity) _first.Remove(entry.Key);
        entry = new() { Key = key, Prediction = prediction };
        _total++;
    }

    private long? PlaceOfLocked(RequestKey key, int index)
    {
        if (!_first.TryGetValue(key, out var first)) return null;
        if (_entries[first % _capacity].Prediction is var request && (time.GetUtcNow() - request.At > options.Value.Lifetime)) return null;
        return (first + (index < request.Count ? index : 0)) % _capacity;
    }

    private readonly record struct RequestKey(string Client, string Id);

    private struct Entry
    {
        public RequestKey Key;
        public Prediction Prediction;
        public ulong? Given;
        public int Epoch;
    }
}
