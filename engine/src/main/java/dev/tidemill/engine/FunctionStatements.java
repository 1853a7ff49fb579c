package dev.tidemill.engine;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.function.user.FunctionClass;
import dev.tidemill.planner.Planner;
import dev.tidemill.sql.parser.statement.FunctionBody;
import dev.tidemill.sql.parser.statement.QualifiedName;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.FunctionDefinition;
import dev.tidemill.storage.catalog.Namespace;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** CREATE and DROP of functions that users write in Java. */
final class FunctionStatements {
  private final Session session;
  private final Catalog catalog;

  FunctionStatements(Session session) {
    this.session = session;
    this.catalog = session.engine().catalog();
  }

  Result create(Statement.CreateFunction create) {
    SourcePosition position = create.name().position();
    if (!(create.body() instanceof FunctionBody.JavaClass body)) {
      throw EngineErrors.unsupported("CREATE FUNCTION with an expression", position);
    }
    if (create.parameters() != null || create.returnType() != null) {
      throw EngineErrors.functionWithTypes(position);
    }
    String name = name(create.name());
    requireFree(name, position);
    List<String> jars = new ArrayList<>();
    for (String jar : body.jars()) {
      jars.add(absolute(jar, position));
    }
    FunctionClass loaded;
    try {
      loaded = FunctionClass.load(name, body.className(), jars);
    } catch (TidemillException refused) {
      throw refused.at(position);
    }
    FunctionDefinition definition =
        new FunctionDefinition(
            name,
            body.className(),
            jars,
            loaded.kind().name().toLowerCase(Locale.ROOT),
            new Statement.CreateFunction(
                    TableStatements.ownName(create.name()), false, false, false, null, null, body)
                .unparse(),
            create.temporary()
                ? FunctionDefinition.Origin.TEMPORARY
                : FunctionDefinition.Origin.KEPT);
    FunctionDefinition before = catalog.function(name);
    if (create.replace() && before != null && !before.sql().equals(definition.sql())) {
      requireUnused(before, "replaced", position);
    }
    try {
      return catalog.createFunction(definition, create.replace(), create.ifNotExists())
          ? CountResult.done("CREATE FUNCTION")
          : CountResult.done("CREATE FUNCTION", "function " + name + " is there already");
    } catch (TidemillException e) {
      throw e.at(position);
    }
  }

  Result drop(Statement.Drop drop) {
    String name = name(drop.name());
    SourcePosition position = drop.name().position();
    FunctionDefinition there = catalog.function(name);
    if (there == null) {
      if (drop.ifExists()) {
        return CountResult.done("DROP FUNCTION", "there is no function " + name);
      }
      throw Planner.functionNames().contains(name.toUpperCase(Locale.ROOT))
          ? EngineErrors.builtInFunction(name, position)
          : EngineErrors.noSuchFunction(
              name,
              catalog.functionDefinitions().stream().map(FunctionDefinition::name).toList(),
              position);
    }
    if (there.origin() == FunctionDefinition.Origin.SERVICE) {
      throw EngineErrors.functionOfClassPath(there.name(), there.className(), position);
    }
    requireUnused(there, "dropped", position);
    catalog.dropFunction(name);
    return CountResult.done("DROP FUNCTION");
  }

  /** Functions are the database's, whatever schema is in use. */
  private static String name(QualifiedName name) {
    return name.names().size() == 1
        ? name.last().text()
        : OwnNames.require(name, Namespace.DEFAULT);
  }

  private String absolute(String jar, SourcePosition position) {
    try {
      return session
          .engine()
          .connectors()
          .workingDirectory()
          .resolve(Path.of(jar))
          .normalize()
          .toString();
    } catch (InvalidPathException e) {
      throw EngineErrors.badOption("JAR", jar, "a path", position);
    }
  }

  /**
   * Says that a name is that of a function that is built in, or known to be missing.
   *
   * @param position of the statement that wants it, or null
   */
  static void requireFree(String name, @Nullable SourcePosition position) {
    if (Planner.isFunctionNameTaken(name)) {
      throw EngineErrors.builtInName(name, position);
    }
  }

  private void requireUnused(FunctionDefinition function, String verb, SourcePosition position) {
    List<String> users = session.engine().standing().usersOf(function.path());
    if (!users.isEmpty()) {
      throw EngineErrors.inUseByQueries("function " + function.name(), verb, users, position);
    }
  }
}
