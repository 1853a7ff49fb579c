package dev.tidemill.sql.parser.statement;

import java.util.List;

/** What a created function does. */
public sealed interface FunctionBody {
  /**
   * {@code AS 'com.example.Haversine' USING JAR 'geo.jar'}; without JAR the class is on the class
   * path.
   */
  record JavaClass(String className, List<String> jars) implements FunctionBody {
    public JavaClass {
      jars = List.copyOf(jars);
    }
  }

  /** {@code RETURN x * x}: an expression over the parameters. */
  record Expression(SqlFragment expression) implements FunctionBody {}
}
