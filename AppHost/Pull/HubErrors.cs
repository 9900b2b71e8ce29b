using System.Net;

namespace AppHost.Pull;

/// <summary>What a hub's refusals mean to whoever pulls.</summary>
internal static class HubErrors
{
    /// <exception cref="HubBusyException">It may be asked again.</exception>
    /// <exception cref="PullException">It may not.</exception>
    public static void Check(HttpResponseMessage response, HubOptions hub, string repository, string revision)
    {
        var host = hub.Endpoint.Authority;
        var code = response.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.FirstOrDefault() : null;
        var page = hub.Address(repository);
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK or HttpStatusCode.PartialContent:
                return;
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                throw new HubBusyException($"{host} answered {(int)response.StatusCode}", response.Headers.RetryAfter?.Delta);
            case HttpStatusCode.Forbidden when code == "GatedRepo" || hub.Token is not null:
                throw new PullException($"{repository} is gated: accept its licence on {page} with the account of HF_TOKEN{(hub.Token is null ? ", and set HF_TOKEN" : "")}.");
            case HttpStatusCode.Unauthorized when code == "GatedRepo":
                throw new PullException($"{repository} is gated: accept its licence on {page}, and set HF_TOKEN to a token of that account.");
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                throw new PullException(hub.Token is null
                    ? $"{repository} is private or does not exist: set HF_TOKEN to a token of {host} that may read it."
                    : $"{host} does not let HF_TOKEN read {repository}: check the token, and that {page} exists.");
            case HttpStatusCode.NotFound when code == "RevisionNotFound":
                throw new PullException($"{repository} has no revision '{revision}'.");
            case HttpStatusCode.NotFound when code == "EntryNotFound":
                throw new PullException($"{repository} lists a file that it does not have.");
            case HttpStatusCode.NotFound:
                throw new PullException($"There is no model {repository} with a revision '{revision}' on {host}.");
            default:
                throw new PullException($"{host} answered {(int)response.StatusCode} for {repository}.");
        }
    }
}

/// <summary>The hub cannot answer now.</summary>
/// <param name="retryAfter">How long it asks to wait.</param>
internal sealed class HubBusyException(string message, TimeSpan? retryAfter) : Exception(message)
{
    public TimeSpan? RetryAfter => retryAfter;
}
