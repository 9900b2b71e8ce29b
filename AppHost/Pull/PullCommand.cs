namespace AppHost.Pull;

/// <summary><c>model pull</c>: brings a model from a Hugging Face hub into the models folder.</summary>
internal static class PullCommand
{
    public const string Usage = "pull ORG/NAME[@REVISION] [--variant V] [--as NAME[:VERSION]] [--models DIR]";

    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        error.WriteLine($"./model {Usage}");
        return Task.FromResult(2);
    }
}
