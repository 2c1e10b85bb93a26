# The portal loads a module for pictures with text in them, used or not. This one needs no library for pictures.
package Lemonldap::NG::Portal::Captcha::None;
use Mouse;
extends 'Lemonldap::NG::Portal::Main::Plugin';
sub init { 1 }
BEGIN { $INC{'Lemonldap/NG/Portal/Captcha/None.pm'} = __FILE__ }

package main;
use Lemonldap::NG::Portal::Main;

Lemonldap::NG::Portal::Main->run( {} );
