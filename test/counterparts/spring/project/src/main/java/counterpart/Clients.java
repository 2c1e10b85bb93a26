package counterpart;

import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.OAuth2TokenFormat;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/** A client of each kind: tokens as JWTs and as references, for users and machines, free and bound. */
@Configuration
class Clients {
  static final TokenSettings REFERENCES =
      TokenSettings.builder().accessTokenFormat(OAuth2TokenFormat.REFERENCE).build();

  @Bean
  RegisteredClientRepository registeredClients() {
    return new InMemoryRegisteredClientRepository(
        List.of(
            machine("nightly-sync").build(),
            machine("plain-sync").build(),
            machine("parcels-api").build(),
            machine("opaque-sync").tokenSettings(REFERENCES).build(),
            webApp("courier-web").build(),
            webApp("opaque-web").tokenSettings(REFERENCES).build(),
            withSecret("gateway").authorizationGrantType(AuthorizationGrantType.TOKEN_EXCHANGE).build(),
            byCertificate("tls-sync", OAuth2TokenFormat.SELF_CONTAINED),
            byCertificate("tls-opaque-sync", OAuth2TokenFormat.REFERENCE)));
  }

  static RegisteredClient.Builder client(String id) {
    return RegisteredClient.withId(id).clientId(id).scope("parcels:read");
  }

  static RegisteredClient.Builder withSecret(String id) {
    return client(id)
        .clientSecret("{noop}a-secret-of-" + id)
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC);
  }

  static RegisteredClient.Builder machine(String id) {
    return withSecret(id).authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS);
  }

  static RegisteredClient.Builder webApp(String id) {
    return withSecret(id)
        .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
        .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
        .redirectUri("http://127.0.0.1:1/callback")
        .scope("openid")
        .clientSettings(ClientSettings.builder().requireProofKey(true).build());
  }

  static RegisteredClient byCertificate(String id, OAuth2TokenFormat format) {
    return client(id)
        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
        .clientAuthenticationMethod(ClientAuthenticationMethod.TLS_CLIENT_AUTH)
        .clientSettings(ClientSettings.builder().x509CertificateSubjectDN("CN=" + id).build())
        .tokenSettings(
            TokenSettings.builder()
                .accessTokenFormat(format)
                .x509CertificateBoundAccessTokens(true)
                .build())
        .build();
  }
}
