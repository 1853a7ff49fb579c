/** Functions as users write them, for the scripts: start at {@code sql/functions/user.slt}. */
package dev.tidemill.testing.functions;
