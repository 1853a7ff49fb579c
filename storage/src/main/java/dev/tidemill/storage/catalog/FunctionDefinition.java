package dev.tidemill.storage.catalog;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/**
 * A function that a user wrote in Java.
 *
 * @param jars absolute paths of the files that its class is in; none where it is on the class path
 * @param kind what it is a function of: {@code scalar}, {@code aggregate} or {@code table}
 * @param sql canonical text of CREATE FUNCTION; of one that the class path offers, of the one that
 *     would make it
 * @param origin where it comes from; that of the ones that are kept is {@link Origin#KEPT}
 */
public record FunctionDefinition(
    String name,
    String className,
    List<String> jars,
    String kind,
    String sql,
    @JsonIgnore Origin origin) {
  /** Who says that there is a function. */
  public enum Origin {
    /** CREATE FUNCTION, for good. */
    KEPT,
    /** CREATE TEMPORARY FUNCTION. */
    TEMPORARY,
    /** A service on the class path. */
    SERVICE
  }

  public FunctionDefinition {
    jars = List.copyOf(jars);
    origin = origin == null ? Origin.KEPT : origin;
  }

  /** What it is called in the definitions that a standing query depends on. */
  @JsonIgnore
  public List<String> path() {
    return List.of("function " + name);
  }
}
