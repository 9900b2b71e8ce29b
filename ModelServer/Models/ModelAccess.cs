using System.Security.Claims;
using ServiceDefaults;

namespace ModelServer.Models;

/// <summary>Keeps a token to the models it is for. Others are as if they did not exist: no listing shows them, and asking for one answers 404.</summary>
internal static class ModelAccess
{
    public static bool MaySee(this ClaimsPrincipal user, ModelVersion version) => user.MayUse(version.Reference);
}
