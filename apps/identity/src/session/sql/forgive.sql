update identity.login_failures set failures = failures - 1 where bucket = $1 and failures > 0
