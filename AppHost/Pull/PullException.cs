namespace AppHost.Pull;

/// <summary>A pull that cannot go on.</summary>
/// <param name="message">One sentence for whoever asked: what is wrong and what to do.</param>
internal sealed class PullException(string message, Exception? inner = null) : Exception(message, inner);
