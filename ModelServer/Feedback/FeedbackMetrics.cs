using System.Diagnostics.Metrics;

namespace ModelServer.Feedback;

/// <summary>Counts feedback. Label values are versions that answered and a fixed set of outcomes.</summary>
internal sealed class FeedbackMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _feedback = meters.Create("ModelServer").CreateCounter<long>("model.feedback", "{input}", "Inputs with feedback, by model and outcome (correct, incorrect).");

    public void Given(string model, bool isCorrect) => _feedback.Add(1, new("model", model), new("outcome", isCorrect ? "correct" : "incorrect"));
}
