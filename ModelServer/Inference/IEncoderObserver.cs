using ModelServer.Answers;
using ModelServer.Encoders;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.Inference;

/// <summary>Sees what encoders answered. Called on the request's thread before its answer goes out: it copies what it needs, in microseconds, and throws nothing.</summary>
internal interface IEncoderObserver
{
    void Answered(in EncoderAnswer answer);
}

/// <param name="Model">Held until the observer returns.</param>
/// <param name="Rows">One for each sequence; not to be written into.</param>
internal readonly record struct EncoderAnswer(
    ModelVersion Version, EncoderModel Model, Caller Caller, EncoderSequence[] Sequences, ReadOnlyMemory<float>[] Rows, Timing Timing)
{
    /// <summary>What was asked, for whoever asks another model the same.</summary>
    public EncoderRequest? Request { get; init; }
}
