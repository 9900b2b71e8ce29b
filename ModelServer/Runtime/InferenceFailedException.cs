namespace ModelServer.Runtime;

/// <summary>The engine failed on a run; details are in the log only.</summary>
internal sealed class InferenceFailedException(Exception inner) : Exception("The engine failed to run the model.", inner);
