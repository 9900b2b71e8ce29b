using ModelServer.Admission;

namespace ModelServer.Decoders;

/// <summary>Room for the sequences of one request, taken before they are known in full; disposing gives back what no sequence has taken over.</summary>
internal sealed class DecoderPlaces : IDisposable
{
    private readonly List<AdmissionGate.Permit> _permits = [];
    private bool _kept;

    /// <param name="bounds">The most tokens of each sequence.</param>
    /// <exception cref="OverloadedException">There is not room for all; none is taken.</exception>
    public DecoderPlaces(AdmissionGate admission, IEnumerable<int> bounds)
    {
        try
        {
            foreach (var bound in bounds) _permits.Add(admission.Enter(1, bound));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The place of one sequence, now that its tokens are known.</summary>
    public AdmissionGate.Permit For(int sequence, DecoderRequest request)
    {
        _permits[sequence].Correct(request.Prompt.Length + request.MaxTokens);
        return _permits[sequence];
    }

    /// <summary>From here on the sequences release them.</summary>
    public void Keep() => _kept = true;

    public void Dispose()
    {
        if (_kept) return;
        foreach (var permit in _permits) permit.Dispose();
    }
}
