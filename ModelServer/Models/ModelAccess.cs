using System.Security.Claims;
using ServiceDefaults;

namespace ModelServer.Models;

/// <summary>Keeps a token to the models it is for. Others are as if they did not exist: no listing shows them, and asking for one answers 404.</summary>
internal static class ModelAccess
{
    public static bool MaySee(this ClaimsPrincipal user, ModelVersion version) => user.MayUse(version.Reference);

    /// <param name="asked">The model as the request named it; null where it left the choice to us.</param>
    /// <exception cref="ModelNotFoundException">The token is not for the model that was named.</exception>
    /// <exception cref="ModelChoiceException">It is not for the default one.</exception>
    public static void Require(this ClaimsPrincipal user, ModelVersion version, string? asked)
    {
        if (user.MaySee(version)) return;
        throw asked is null ? new ModelChoiceException("The token is not for the default model; name one.") : new ModelNotFoundException(asked);
    }
}
