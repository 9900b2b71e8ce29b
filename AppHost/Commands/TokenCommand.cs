using System.Reflection;
using AppHost.Authentication;
using Microsoft.Extensions.Configuration;
using ServiceDefaults.Authentication;

namespace AppHost.Commands;

/// <summary><c>token [--subject S] [--scope "infer admin"] [--models m1,m2] [--tier T] [--hours H]</c>: a token for the platform on this machine.</summary>
internal static class TokenCommand
{
    /// <returns>0 with the token alone on <paramref name="output"/>, or 2 with the reason on <paramref name="error"/>.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            output.WriteLine(Issue(DevelopmentToken.Request.With(args)));
            return 0;
        }
        catch (ArgumentException e)
        {
            error.WriteLine(e.Message);
            return 2;
        }
    }

    /// <summary>Signs with the key that the platform on this machine has generated.</summary>
    /// <exception cref="ArgumentException">It has not been started yet.</exception>
    internal static string Issue(TokenRequest asked)
    {
        var configuration = new ConfigurationBuilder().AddUserSecrets(Assembly.GetExecutingAssembly(), optional: true).AddEnvironmentVariables().Build();
        var key = configuration[$"Parameters:{TokenTrustExtensions.SigningKeyParameter}"] ?? throw new ArgumentException("There is no signing key yet: run ./start once.");
        return DevelopmentToken.Issue(key, asked);
    }
}
