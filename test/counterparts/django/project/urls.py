from django.urls import include, path
from oauth2_provider import urls

urlpatterns = [
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("accounts/", include("django.contrib.auth.urls")),
    path("", include((urls.metadata_urlpatterns, "oauth2_metadata"))),
]
