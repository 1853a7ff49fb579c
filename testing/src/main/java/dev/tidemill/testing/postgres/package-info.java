/**
 * A real PostgreSQL, started from its binaries on the class path. Start with {@link
 * dev.tidemill.testing.postgres.PostgresServer}.
 */
@NullMarked
package dev.tidemill.testing.postgres;

import org.jspecify.annotations.NullMarked;
