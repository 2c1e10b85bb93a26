package counterpart;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenClaimsContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;

/** Spring Authorization Server as its guide sets it up, with the customizer that the preset's page advises. */
@SpringBootApplication
public class Server {
  static final String API = "https://api.parcels.example";

  public static void main(String[] args) {
    SpringApplication.run(Server.class, args);
  }

  @Bean
  OAuth2TokenCustomizer<JwtEncodingContext> accessTokens() {
    return context -> {
      if (!OAuth2TokenType.ACCESS_TOKEN.equals(context.getTokenType()) || isPlain(context)) return;
      context.getClaims()
          .audience(new ArrayList<>(List.of(API)))
          .claim("client_id", context.getRegisteredClient().getClientId())
          .claim("caller_type", callerType(context));
    };
  }

  @Bean
  OAuth2TokenCustomizer<OAuth2TokenClaimsContext> referenceTokens() {
    return context ->
        context.getClaims()
            .audience(new ArrayList<>(List.of(API)))
            .claim("caller_type", callerType(context));
  }

  static String callerType(OAuth2TokenContext context) {
    boolean machine = AuthorizationGrantType.CLIENT_CREDENTIALS.equals(context.getAuthorizationGrantType());
    return machine ? "machine" : "human";
  }

  /** Tokens of this client stay as the server writes them by itself. */
  static boolean isPlain(OAuth2TokenContext context) {
    return context.getRegisteredClient().getClientId().equals("plain-sync");
  }

  /** People. Two have the names of clients. */
  @Bean
  UserDetailsService people() {
    InMemoryUserDetailsManager people = new InMemoryUserDetailsManager();
    for (String name : List.of("dana", "nightly-sync", "courier-web")) {
      people.createUser(User.withUsername(name).password("{noop}a-password-of-a-person").roles("USER").build());
    }
    return people;
  }

  @Bean
  @Order(1)
  SecurityFilterChain authorizationServer(HttpSecurity http) throws Exception {
    http.oauth2AuthorizationServer(
        server -> {
          http.securityMatcher(server.getEndpointsMatcher());
          server.oidc(Customizer.withDefaults());
        });
    return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .exceptionHandling(
            faults -> faults.authenticationEntryPoint(new LoginUrlAuthenticationEntryPoint("/login")))
        .build();
  }

  @Bean
  @Order(2)
  SecurityFilterChain logIn(HttpSecurity http) throws Exception {
    return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .formLogin(Customizer.withDefaults())
        .build();
  }
}
