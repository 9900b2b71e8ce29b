namespace AppHost.Pull;

/// <summary><c>model pull</c>: brings a model from a Hugging Face hub into the models folder.</summary>
internal static class PullCommand
{
    public const string Usage = "pull ORG/NAME[@REVISION] [--variant V] [--as NAME[:VERSION]] [--models DIR]";

    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
        => RunAsync(args, output, error, Environment.GetEnvironmentVariable, new PullOptions(), TimeProvider.System, cancellationToken);

    /// <returns>0 with the version in its place, 1 with the reason on <paramref name="error"/>, 2 for arguments that are wrong.</returns>
    internal static async Task<int> RunAsync(
        string[] args, TextWriter output, TextWriter error, Func<string, string?> variable, PullOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var request = PullRequest.Parse(args);
            using var http = new HttpClient(HubClient.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
            var progress = new PullProgress(output, isTerminal: ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected, time);
            var pull = new ModelPull(new HubClient(http, HubOptions.From(variable), options), options, progress, time);
            try
            {
                var model = await pull.RunAsync(request, cancellationToken);
                var folder = Path.GetRelativePath(Environment.CurrentDirectory, model.Folder);
                progress.Say($"{model.Name}:{model.Version} is in {folder}. What becomes of it: ./model check {folder}");
                return 0;
            }
            finally
            {
                progress.Clear();
            }
        }
        catch (ArgumentException e)
        {
            error.WriteLine($"{e.Message}{Environment.NewLine}./model {Usage}");
            return 2;
        }
        catch (PullException e)
        {
            error.WriteLine(e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            error.WriteLine("Interrupted. The same command goes on from here.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"The models folder cannot be written: {e.Message}");
        }

        return 1;
    }
}
